/** Models that were trained in the page: a folder of the browser's own file system, each below its name. */
export const keptModels = 'trained-here';

/** Of those that have something to say: a checkpoint. None where there is no such file system. */
export async function keptNames(): Promise<string[]> {
  const names: string[] = [];
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(keptModels);
    for await (const [name, training] of folder.entries())
      if (training.kind === 'directory' && (await hasModel(training as FileSystemDirectoryHandle)))
        names.push(name);
  } catch {
    // Nothing was ever trained here.
  }
  return names.sort();
}

const hasModel = (training: FileSystemDirectoryHandle): Promise<boolean> =>
  training
    .getDirectoryHandle('model')
    .then((model) => model.getFileHandle('latest.json'))
    .then(
      () => true,
      () => false,
    );
