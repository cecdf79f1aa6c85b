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
 * A small list of words for `urlFilter`, written for this package: enough to take obviously adult pages and
 * the plainest casino and pill shops out of a crawl, and nothing that an ordinary page has in its address.
 * So no everyday words (free, online, buy, win), no names of people's identities, and nothing a dictionary, a
 * clinic or a newspaper writes about under its own name: of gambling and medicine only compounds that shops
 * use. Production crawls want a maintained list (for instance the UT1 categories) beside it.
 */
export const defaultUrlLists: UrlLists = {
  hardWords: words(
    'porn porno pornos pornstar pornstars xxx sexcam sexcams camsex webcamsex camgirl camgirls hentai milf milfs ' +
      'blowjob blowjobs gangbang gangbangs bukkake creampies cumshot cumshots deepthroat handjob handjobs',
  ),
  softWords: words(
    'sexy nude nudes naked erotic erotik horny slut sluts whore whores pussy pussies cock cocks cunt tits boobs busty ' +
      'bbw blowjob anal cum cumming creampie fuck fucked fucking upskirt lingerie fetish escort escorts callgirl ' +
      'callgirls bdsm nsfw',
  ),
  // Found inside words, so nothing that ends or begins as a place does: Essex camping is no sexcam.
  subwords: words(
    'porntube pornhub freeporn hotporn pornvideo pornmovie xvideos xhamster redtube youporn xxxvideo xxxmovie ' +
      'nakedgirl nudegirl hentaiporn casinobonus slotonline situsslot judionline pokeronline buyviagra cheapviagra ' +
      'viagraonline buycialis cheapcialis cialisonline replicawatch',
  ),
};
