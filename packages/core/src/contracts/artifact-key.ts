import { LlmError } from '../errors.js';

/** Returns the key, or throws `core/artifact-key-invalid` when it could leave its store. */
export function checkArtifactKey(key: string): string {
  const segments = key.split('/');
  if (
    /[\\\p{Cc}]/u.test(key) ||
    segments.some((segment) => segment === '' || segment === '.' || segment === '..')
  ) {
    throw new LlmError({
      code: 'core/artifact-key-invalid',
      message: `${JSON.stringify(key)} is not an artifact key: use a relative path with "/" and no "." or ".." segment, backslash or control character.`,
      details: { key },
    });
  }
  return key;
}
