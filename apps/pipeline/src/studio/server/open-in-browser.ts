/** Opens an address in the browser of the desktop. Where there is none nothing happens: it was printed. */
import { spawn } from 'node:child_process';

export function openInBrowser(url: string): void {
  const [program, ...parameters] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  const child = spawn(program!, parameters, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
