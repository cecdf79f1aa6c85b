/** Whether a server is behind the page, or only files (`llm studio --export`). */
export const isStatic: boolean =
  globalThis.document?.querySelector('meta[name="studio"][content="static"]') != null;
