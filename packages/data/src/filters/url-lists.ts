/** The lists that `urlFilter` looks into, and small ones of ours. */
type Strings = readonly string[] | ReadonlySet<string>;

export interface UrlLists {
  /** Registered domains and host names. */
  readonly domains?: Strings | undefined;
  /** Exact URLs. */
  readonly urls?: Strings | undefined;
  /** One of these words is enough. */
  readonly hardWords?: Strings | undefined;
  /** `softWordThreshold` different ones are enough. */
  readonly softWords?: Strings | undefined;
  /** Found anywhere in the URL without punctuation, also inside words. */
  readonly subwords?: Strings | undefined;
  /** Default 2. */
  readonly softWordThreshold?: number | undefined;
}

const words = (text: string): readonly string[] => text.split(' ');

/**
 * A small list of words for `urlFilter`, written for this package: enough to take the obvious adult, casino
 * and spam pages out of a crawl. Production crawls want a maintained list (for instance the UT1 categories)
 * beside it.
 */
export const defaultUrlLists: UrlLists = {
  hardWords: words(
    'porn porno pornos xxx sexcam sexcams hentai milf milfs blowjob blowjobs gangbang bukkake creampie cumshot cumshots ' +
      'camgirl camgirls camsex webcamsex escorts hotwife upskirt fetish incest nsfw xvideos xhamster redtube youporn ' +
      'casino casinos slots roulette blackjack jackpot sportsbook viagra cialis levitra payday',
  ),
  softWords: words(
    'sex sexy nude nudes naked adult adults erotic erotica hot teen teens babe babes girls dating hookup lesbian gay ' +
      'lingerie escort massage fuck cock pussy tits boobs ass anal poker bet bets betting gambling gamble bonus bonuses ' +
      'free spins spin wager odds lottery lotto pharmacy pills cheap discount replica replicas loan loans credit forex ' +
      'crypto bitcoin win winner prize click buy online seo backlinks backlink',
  ),
  subwords: words(
    'porntube pornhub freeporn hotporn pornstar sexcam livesex sexchat sexdating sextoy xxxvideo xxxmovie adultvideo ' +
      'adultcam nakedgirl nudegirl hentaiporn onlinecasino casinobonus casinoonline slotonline freespins pokeronline ' +
      'buyviagra cheapviagra viagraonline cialisonline paydayloan replicawatch',
  ),
};
