/**
 * A row of an evaluation as it is published → question and right answers: MMLU, ARC, HellaSwag, LAMBADA,
 * BLiMP, GSM8K, WinoGrande, PIQA, SQuAD, TriviaQA, HumanEval and what is like them (`prompt`, `question`, …
 * and `answer`, `label`, …; choices with the number, letter or text of the right one), datatrove's
 * `{ text, metadata: { query } }`, conversations.
 */
type Row = Readonly<Record<string, unknown>>;

const questionNames = [
  'query',
  'question',
  'prompt',
  'problem',
  'ctx',
  'context',
  'instruction',
  'input',
  'goal',
  'question_stem',
  'sentence',
];
const answerNames = [
  ...['answer', 'answerKey', 'label', 'gold', 'target', 'completion', 'output', 'response', 'solution'],
  ...['answers', 'canonical_solution', 'sentence_good', 'text'],
];
const choiceNames = ['choices', 'endings', 'options'];

/** Undefined for a row that has no answer under a name that is known. */
export function readEvaluationRow(
  row: unknown,
): { readonly question?: string | undefined; readonly answers: readonly string[] } | undefined {
  if (!isRow(row)) return undefined;
  if (Array.isArray(row.messages)) return conversation(row.messages);
  const metadata = isRow(row.metadata) ? row.metadata : {};
  const named = questionNames.map((name) => row[name] ?? metadata[name]).find((value) => value !== undefined);
  const stem = isRow(named) ? named.stem : named;
  const question = typeof stem === 'string' ? stem : undefined;
  const choices = choicesOf(row) ?? (isRow(named) ? choicesOf(named) : undefined);
  const given = answerNames
    .filter((name) => choices === undefined || name !== 'text')
    .map((name) => row[name])
    .find((value) => value !== undefined && value !== null);
  if (choices !== undefined) {
    const right = rightChoice(choices, given);
    return right === undefined ? undefined : { question, answers: [right] };
  }
  const answers = textsIn(given);
  // A class of a text: where the text ends is what would be seen.
  const classified = question === undefined && given !== row.text && typeof row.text === 'string';
  return answers.length === 0 ? undefined : { question: classified ? String(row.text) : question, answers };
}

/** An answer, several, or `{ text: [] }` and `{ value, aliases: [] }` as SQuAD and TriviaQA have them. */
function textsIn(answer: unknown): string[] {
  if (Array.isArray(answer)) return answer.flatMap(textsIn);
  if (isRow(answer)) return [...textsIn(answer.text), ...textsIn(answer.value), ...textsIn(answer.aliases)];
  return ['string', 'number', 'boolean'].includes(typeof answer) ? [String(answer)] : [];
}

interface Choices {
  readonly texts: readonly string[];
  readonly labels: readonly string[];
}

function choicesOf(row: Row): Choices | undefined {
  const value = choiceNames.map((name) => row[name]).find((choices) => choices !== undefined);
  if (isRow(value)) return { texts: strings(value.text), labels: strings(value.label) };
  if (!Array.isArray(value)) return numberedChoices(row);
  const rows = value.filter(isRow);
  if (rows.length > 0)
    return { texts: strings(rows.map(({ text }) => text)), labels: strings(rows.map(({ label }) => label)) };
  const texts = strings(value);
  return { texts, labels: texts.map((_, index) => String.fromCharCode(65 + index)) };
}

/** `option1`, `sol2`, `ending0`. */
function numberedChoices(row: Row): Choices | undefined {
  const names = Object.keys(row)
    .filter((name) => /^(?:option|sol|ending)_?\d$/.test(name))
    .sort();
  if (names.length < 2) return undefined;
  return { texts: names.map((name) => String(row[name])), labels: names.map((name) => name.slice(-1)) };
}

function rightChoice({ texts, labels }: Choices, given: unknown): string | undefined {
  if (typeof given === 'number') return texts[given];
  if (typeof given !== 'string') return undefined;
  const byLabel = labels.indexOf(given.trim());
  if (byLabel >= 0) return texts[byLabel];
  if (texts.includes(given)) return given;
  return /^\d+$/.test(given) ? texts[Number(given)] : undefined;
}

function conversation(messages: readonly unknown[]) {
  const contents = (role: string): string[] =>
    messages.flatMap((message) =>
      isRow(message) && message.role === role && typeof message.content === 'string' ? [message.content] : [],
    );
  const answers = contents('assistant');
  return answers.length === 0 ? undefined : { question: contents('user').at(-1), answers };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
