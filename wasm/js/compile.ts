/** Bytes to a module, with an error that says what is in the way. */
import { ParsonaError } from './errors.js';

const MAGIC = [0, 97, 115, 109];

/** `file` and `url` are for messages. */
export async function compile(bytes: Uint8Array<ArrayBuffer>, file: string, url: string): Promise<WebAssembly.Module> {
  if (!MAGIC.every((byte, i) => bytes[i] === byte))
    throw new ParsonaError('asset', `${file}: not WebAssembly (${url}); was another file deployed there?`);
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    // Each browser words it in its own way; all name the policy or the word that it lacks.
    if (/content security policy|unsafe-eval|disallowed by embedder/i.test(String(cause)))
      throw new ParsonaError('unsupported', "The page's content security policy forbids WebAssembly: its script-src needs "
        + "'wasm-unsafe-eval'.", { cause });
    throw cause;
  }
}
