/** Which added tokens a text may become. */
export interface EncodeOptions {
  /**
   * Special tokens that the text may become: none (default), all, or these. Their text is otherwise encoded
   * as ordinary characters.
   */
  readonly allowSpecial?: boolean | readonly string[] | undefined;
  /**
   * Whether added tokens that are not special are recognised, as in Hugging Face. Default true; false for
   * untrusted text.
   */
  readonly allowAdded?: boolean | undefined;
  /**
   * What stands before the text where it was cut out of a longer one. It matters to tokenizers that put a
   * space before a text: they put none after text, and some none after an added token. Default `nothing`.
   */
  readonly after?: 'nothing' | 'token' | 'text' | undefined;
}
