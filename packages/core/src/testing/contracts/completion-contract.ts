/**
 * What a `ConversationRenderer` must do with anything a model may write: read it without an error, and call
 * well formed only what it would render, so that an answer can become part of the conversation that goes on.
 */
import type { ConversationRenderer, Message, Part } from '../../contracts/conversation.js';
import { messageText, textMessage } from '../../contracts/conversation.js';
import type { Tokenizer } from '../../contracts/tokenizer.js';
import { renderableParts } from '../../conversations/renderable-parts.js';
import { createRandom } from '../../random.js';
import type { ContractTools } from './contract-tools.js';

const question = textMessage('user', 'What is 12+30?');

export function completionContract(
  { test, expect }: ContractTools,
  create: () => { renderer: ConversationRenderer; tokenizer: Tokenizer },
): void {
  /** Ids that the assistant would have generated for these parts. */
  const completionOf = (renderer: ConversationRenderer, parts: readonly Part[]): number[] => {
    const answer: Message = { role: 'assistant', parts };
    const prompt = renderer.renderPrompt({ messages: [question] });
    return [...renderer.render({ messages: [question, answer] }).ids.slice(prompt.length)];
  };
  /** Why the conversation cannot go on after an answer of these parts; undefined when it can. */
  const refusal = (renderer: ConversationRenderer, parts: readonly Part[]): string | undefined => {
    try {
      const answer: readonly Message[] = parts.length === 0 ? [] : [{ role: 'assistant', parts }];
      const past = answer.length === 0 ? [] : [question, ...answer];
      renderer.renderPrompt({ messages: [...past, textMessage('user', 'And now?')] });
      return undefined;
    } catch (error) {
      return String(error);
    }
  };
  const calling = (renderer: ConversationRenderer, tokenizer: Tokenizer, written: string): number[] => {
    const text = [...tokenizer.encode('calculator 12+30')];
    const ids = completionOf(renderer, [{ type: 'tool-call', tool: 'calculator', input: '12+30' }]);
    const at = ids.findIndex((_, i) => text.every((id, j) => ids[i + j] === id));
    return [...ids.slice(0, at), ...tokenizer.encode(written), ...ids.slice(at + text.length)];
  };

  test('a call without a name is no call, and not well formed', () => {
    const { renderer, tokenizer } = create();
    for (const written of ['', ' ', ' 12+30']) {
      const ids = calling(renderer, tokenizer, written);
      expect(renderer.parse(ids).wellFormed, JSON.stringify(written)).toBe(false);
      for (let end = 0; end <= ids.length; end++)
        expect(renderer.openToolCall(ids.slice(0, end)), JSON.stringify(written)).toBe(undefined);
    }
  });
  test('an output without a call before it is not well formed', () => {
    const { renderer, tokenizer } = create();
    const output = [...renderer.renderToolOutput('42')];
    const call = calling(renderer, tokenizer, 'calculator 12+30').slice(0, -1);
    const after = (...before: number[][]): boolean =>
      renderer.parse([...before.flat(), ...output, renderer.stopToken]).wellFormed;
    expect(after()).toBe(false);
    expect(after([...tokenizer.encode('It is ')])).toBe(false);
    expect(after(call, output)).toBe(false);
    expect(after(call)).toBe(true);
  });
  test('ids that the tokenizer lacks are read as nothing, and are not well formed', () => {
    const { renderer, tokenizer } = create();
    expect(renderer.vocabularySize).toBe(tokenizer.vocabularySize);
    const unknown = [tokenizer.vocabularySize, tokenizer.vocabularySize + 63];
    const ids = [...tokenizer.encode('It is '), ...unknown, ...tokenizer.encode('42'), renderer.stopToken];
    const { parts, wellFormed } = renderer.parse(ids);
    expect(messageText(parts)).toBe('It is 42');
    expect(wellFormed).toBe(false);
    const call = calling(renderer, tokenizer, 'calculator 12+30');
    const inside = [...call.slice(0, -3), ...unknown, ...call.slice(-3)];
    for (let end = 0; end <= inside.length; end++) renderer.openToolCall(inside.slice(0, end));
    expect(renderer.parse(inside).wellFormed).toBe(false);
  });
  test('whatever is written: well-formed parts are rendered, and of others what `renderableParts` keeps', () => {
    const { renderer, tokenizer } = create();
    const random = createRandom(1, 'completion-contract');
    const texts = ['calculator 12+30', 'search', ' ', ' 1', 'It is ', '42'].map((text) => [
      ...tokenizer.encode(text),
    ]);
    const controls = [...tokenizer.specialTokens.values()].map((id) => [id]);
    const pieces = [
      ...texts,
      ...controls,
      [tokenizer.vocabularySize + 1],
      calling(renderer, tokenizer, 'calculator 12+30').slice(0, -1),
      calling(renderer, tokenizer, '').slice(0, -1),
      [...renderer.renderToolOutput('42')],
      [...renderer.renderToolOutput('')],
    ];
    let wellFormed = 0;
    for (let round = 0; round < 2000; round++) {
      const ids = Array.from({ length: random.integer(5) }, () => random.pick(pieces)).flat();
      if (random.integer(4) > 0) ids.push(renderer.stopToken);
      renderer.openToolCall(ids);
      const parsed = renderer.parse(ids);
      if (parsed.wellFormed) wellFormed++;
      if (parsed.wellFormed) expect(refusal(renderer, parsed.parts), ids.join(' ')).toBe(undefined);
      if (parsed.wellFormed) expect(renderableParts(parsed)).toEqual(parsed.parts);
      expect(refusal(renderer, renderableParts(parsed)), ids.join(' ')).toBe(undefined);
    }
    expect(wellFormed).toBeGreaterThanOrEqual(100);
  });
}
