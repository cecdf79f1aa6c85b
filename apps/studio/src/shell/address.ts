/**
 * The address bar is where a view is kept: the room as the path behind `#`, everything that restores the view
 * as its query. `run` is the run that all rooms look at.
 */
import { push, replace, router } from 'svelte-spa-router';

export const address = {
  /** Empty at the door. Reactive, like all here. */
  get room(): string {
    return router.location.split('/')[1] ?? '';
  },
  get query(): URLSearchParams {
    return new URLSearchParams(router.querystring ?? '');
  },
  get run(): string | undefined {
    return this.query.get('run') ?? undefined;
  },
  /** Of another room, with the same run. */
  hrefTo(room: string, query: Readonly<Record<string, string | undefined>> = {}): string {
    return `#${pathTo(room, { run: this.run, ...query })}`;
  },
  go(room: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<void> {
    return push(pathTo(room, { run: this.run, ...query }));
  },
  /** Changes the query of this room in place; undefined removes. */
  set(query: Readonly<Record<string, string | undefined>>): Promise<void> {
    return replace(pathTo(this.room, { ...Object.fromEntries(this.query), ...query }));
  },
};

function pathTo(room: string, query: Readonly<Record<string, string | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, value);
  const text = parameters.toString();
  return `/${room}${text === '' ? '' : `?${text}`}`;
}
