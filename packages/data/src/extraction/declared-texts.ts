/**
 * The text of a page that its JSON-LD (schema.org) holds: the body of an article or posting, the posts of a
 * thread, questions and answers, the description of a product, the steps of a recipe. Values are plain text
 * or HTML, as the page wrote them; whoever takes them parses them. Left out: what an item refers to by `@id`.
 */
import { hasType, type Item, isItem, list } from '../metadata/json-ld-items.js';

const bodies = ['articleBody', 'text', 'reviewBody', 'transcript'];
const posting = /^(?:DiscussionForumPosting|SocialMediaPosting|Question|Comment|Answer)$/;
const described =
  /^(?:Product|ProductGroup|IndividualProduct|Event|\w+Event|JobPosting|Course|Book|Movie|Recipe|HowTo|SoftwareApplication|MobileApplication|WebApplication|VideoObject|PodcastEpisode|Service|Dataset|LocalBusiness)$/;
const bodied =
  /Article$|^(?:BlogPosting|LiveBlogPosting|Report|CreativeWork|DiscussionForumPosting|SocialMediaPosting|Question)$/;

/** So deep a list of answers, steps or comments is read. */
const deepest = 8;

/**
 * The texts of the item that holds most. `comments`: those below an article, too; replies to a posting and
 * answers to a question are its text either way.
 */
export function declaredTexts(items: readonly Item[], comments: boolean): string[] {
  let best: string[] = [];
  let longest = 0;
  const consider = (texts: string[]): void => {
    const length = texts.reduce((sum, text) => sum + text.length, 0);
    if (length > longest) [best, longest] = [texts, length];
  };
  for (const item of items) {
    if (hasType(item, /^(?:FAQPage|QAPage)$/))
      consider(list(item.mainEntity).flatMap((question) => postTexts(question, 0)));
    else if (hasType(item, bodied)) consider(bodyTexts(item, comments));
  }
  // What is described is taken where nothing has a body: a review of a product is none of its page.
  if (longest === 0) for (const item of items) if (hasType(item, described)) consider(describedTexts(item));
  return best;
}

function bodyTexts(item: Item, comments: boolean): string[] {
  if (hasType(item, posting)) return postTexts(item, 0);
  const updates = list(item.liveBlogUpdate).flatMap((update) => (isItem(update) ? bodyOf(update) : []));
  const replies = comments ? list(item.comment).flatMap((reply) => postTexts(reply, 0)) : [];
  return [...bodyOf(item), ...updates, ...replies];
}

/** A post and what answers it, in the order that it is written in; of a question its name, too. */
function postTexts(post: unknown, depth: number): string[] {
  if (!isItem(post) || depth > deepest) return [];
  const body = bodyOf(post);
  const name = hasType(post, /^Question$/) ? strings(post.name) : [];
  return [
    ...name.filter((one) => !body.some((text) => text.startsWith(one))),
    ...body,
    ...['acceptedAnswer', 'suggestedAnswer', 'comment'].flatMap((answers) =>
      list(post[answers]).flatMap((answer) => postTexts(answer, depth + 1)),
    ),
  ];
}

function describedTexts(item: Item): string[] {
  return [
    ...strings(item.description),
    ...strings(item.recipeIngredient ?? item.ingredients),
    ...stepTexts(item.recipeInstructions ?? item.step, 0),
    ...strings(item.transcript),
  ];
}

/** Steps are texts, `HowToStep`s or sections of them. */
function stepTexts(steps: unknown, depth: number): string[] {
  if (depth > deepest) return [];
  return list(steps).flatMap((step) => {
    if (typeof step === 'string') return strings(step);
    if (!isItem(step)) return [];
    const inner = stepTexts(step.itemListElement ?? step.steps, depth + 1);
    const own = strings(step.text ?? step.description);
    return inner.length > 0 || own.length === 0 ? [...strings(step.name), ...inner] : own;
  });
}

function bodyOf(item: Item): string[] {
  for (const name of bodies) {
    const found = strings(item[name]);
    if (found.length > 0) return found;
  }
  return [];
}

function strings(value: unknown): string[] {
  return list(value).flatMap((one) => {
    const said = isItem(one) ? one['@value'] : one;
    return typeof said === 'string' && said.trim() !== '' ? [said] : [];
  });
}
