import { open, readFile, rename, unlink } from 'node:fs/promises';
import { UsageError } from '@trending/runtime/usage';
import { type KeysDocument, keysDocument } from '../adapters/keys-file.ts';

const none: KeysDocument = { version: 1, keys: [] };

/** The keys file; one that does not exist has no keys. @throws AppError CONFIG_INVALID when it is broken. */
export async function readKeys(path: string): Promise<KeysDocument> {
  try {
    return keysDocument(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return none;
    throw error;
  }
}

/**
 * Changes the keys file in one step, readable by its owner only. The new file is opened before the old one is read and must not exist:
 * so two commands at once cannot undo each other, and nobody ever reads half a file.
 * @throws UsageError while another command is at it.
 */
export async function changeKeys(
  path: string,
  change: (document: KeysDocument) => KeysDocument,
): Promise<void> {
  const draft = `${path}.new`;
  const file = await open(draft, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new UsageError(
      `${draft} exists: another keys command is running, or one was cut off; then delete it`,
    );
  });
  try {
    const text = `${JSON.stringify(change(await readKeys(path)), null, 2)}\n`;
    keysDocument(text);
    await file.writeFile(text);
    await file.sync();
    await rename(draft, path);
  } catch (error) {
    await unlink(draft);
    throw error;
  } finally {
    await file.close();
  }
}
