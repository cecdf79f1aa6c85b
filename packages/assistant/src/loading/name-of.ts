/** `SmolLM2-135M-Instruct` of `…/SmolLM2-135M-Instruct.Q4_1.gguf`: how people know a file. */
export function nameOfFile(path: string): string {
  const file = path.split(/[/\\]/).at(-1)!;
  return (
    file
      .replace(/[?#].*$/, '')
      .replace(/\.gguf$/i, '')
      .replace(/[.-](I?Q\d\w*|B?F(16|32))$/i, '') || file
  );
}

/** `hf:owner/name@revision`. */
export function nameOfAddress(source: string): string {
  return source.replace(/^hf:/, '').replace(/@.*$/, '').split('/').at(-1)!;
}
