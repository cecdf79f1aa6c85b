/** What JSON-LD (schema.org) says of the page: of its article, or else of the page. */
import type { HtmlDocument } from '../html/html-document.js';
import { hasType, isItem, jsonLdOf, list } from './json-ld-items.js';
import { tidy } from './markup.js';

export interface JsonLdFindings {
  readonly headline: string | undefined;
  readonly authors: readonly string[];
  readonly dates: { readonly published: readonly string[]; readonly changed: readonly string[] };
  readonly site: string | undefined;
  readonly language: string | undefined;
  readonly license: string | undefined;
  readonly url: string | undefined;
}

const longestText = 2000;

const articleTypes =
  /Article$|^(?:BlogPosting|Report|DiscussionForumPosting|SocialMediaPosting|LiveBlogPosting|Recipe|HowTo|Review|Question|Book|Movie|Course|JobPosting|Event|VideoObject|PodcastEpisode|CreativeWork|TechArticle|APIReference|SoftwareApplication)$/;
const pageTypes =
  /^(?:WebPage|ItemPage|AboutPage|FAQPage|QAPage|CollectionPage|ProfilePage|MedicalWebPage|Product|ProductGroup)$/;

export function readJsonLd(document: HtmlDocument): JsonLdFindings {
  const items = jsonLdOf(document);
  const byId = new Map(
    items.flatMap((item) =>
      typeof item['@id'] === 'string' && Object.keys(item).length > 1 ? [[item['@id'], item]] : [],
    ),
  );
  const whole = (value: unknown): unknown => {
    const id = isItem(value) && Object.keys(value).length === 1 ? value['@id'] : undefined;
    return typeof id === 'string' ? (byId.get(id) ?? value) : value;
  };
  const articles = items.filter((item) => hasType(item, articleTypes));
  // The article has a headline; videos and reviews on its page have names.
  const article = articles.find((item) => text(item.headline) !== undefined) ?? articles[0];
  const page = items.find((item) => hasType(item, pageTypes));
  const organisation = whole(article?.publisher ?? page?.publisher);
  const site = items.find((item) => hasType(item, /^WebSite$/));
  const of = (name: string): string | undefined => text(article?.[name]) ?? text(page?.[name]);
  return {
    headline:
      text(article?.headline) ??
      text(page?.headline) ??
      text(article?.name) ??
      (page !== undefined && hasType(page, /^Product/) ? text(page.name) : undefined),
    authors: list(article?.author ?? article?.creator ?? page?.author).flatMap((author) =>
      nameOf(whole(author)),
    ),
    dates: {
      published: [of('datePublished'), of('dateCreated'), of('uploadDate')].filter(
        (date) => date !== undefined,
      ),
      changed: [of('dateModified')].filter((date) => date !== undefined),
    },
    site: text(site?.name) ?? nameOf(organisation)[0],
    language: of('inLanguage') ?? text(site?.inLanguage),
    license:
      text(article?.license) ??
      text(page?.license) ??
      text(isItem(article?.license) ? (article.license.url ?? article.license['@id']) : undefined),
    url: text(article?.url) ?? text(page?.url),
  };
}

function text(value: unknown): string | undefined {
  const one = Array.isArray(value) ? value[0] : value;
  const said = isItem(one) ? one['@value'] : one;
  if (typeof said !== 'string') return undefined;
  const tidied = tidy(said.slice(0, longestText).replace(/<[^>]{1,200}>/g, ''));
  return tidied === '' ? undefined : tidied;
}

function nameOf(value: unknown): string[] {
  if (typeof value === 'string') return [tidy(value.slice(0, longestText))];
  if (!isItem(value)) return [];
  const whole = text(value.name);
  if (whole !== undefined) return [whole];
  const [given, family] = [text(value.givenName), text(value.familyName)];
  return given === undefined || family === undefined ? [] : [`${given} ${family}`];
}
