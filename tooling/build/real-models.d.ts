/** SmolLM2-135M-Instruct, Q4_1: 98 MB. */
export const smolLM2: string;
/** Gemma 3 270M (base), Q4_K_M: 253 MB. */
export const gemma3: string;
/**
 * Path of a GGUF file, or undefined where it is not installed (said on standard error, with the command that
 * installs it). With CI set the absence of `smolLM2` is an error.
 */
export function realModelPath(file: string): string | undefined;
