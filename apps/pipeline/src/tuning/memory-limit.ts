/**
 * How much memory this process may take: of the machine, or less where a container or a session is limited.
 */
import { totalmem } from 'node:os';

/** In bytes. */
export function memoryLimit(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
}
