/**
 * Gives the memory of an array back at once. What the runtime returns counts for the garbage collector like
 * memory of its own: 256 rows of a small model return a megabyte a token, a training step its parameters
 * and moments, and every tenth token or fourth step would begin a collection of all that lives, on all its
 * threads.
 */

/** It is empty afterwards. One that shares its memory with others is left as it is. */
export function discardArray({ buffer, byteLength }: ArrayBufferView): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== byteLength) return;
  nowhere ??= closedPort();
  // What is handed over to nobody is freed.
  nowhere.postMessage(null, [buffer]);
}

let nowhere: MessagePort | undefined;

function closedPort(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port1.close();
  port2.close();
  return port1;
}
