/** What went wrong, as a stable word: the C library's statuses, then those of delivery. */
export type ErrorCode =
  | 'argument' // a bad option or input
  | 'memory' // an allocation failed, or the memory ceiling was reached
  | 'image' // not an image, truncated, or of a kind that is not read here
  | 'too_large' // over a limit of the library
  | 'weights' // not a weights file, damaged, or not what it says
  | 'no_network' // a network that the call needs is not loaded
  | 'cancelled' // only inside: callers see their signal's reason
  | 'unsupported' // this machine, browser or build cannot do it
  | 'internal' // a defect in the library
  | 'network' // a file could not be fetched
  | 'integrity' // a file is not the one that the package names: wrong length or SHA-256
  | 'asset' // the server gave something else, for instance a web page instead of WebAssembly
  | 'gone' // another picture was parsed since, and this one cannot be read again: parse it again
  | 'closed' // the instance was closed
  | 'crashed'; // the worker died; the instance starts a new one for the next call

export class ParsonaError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ParsonaError';
    this.code = code;
  }
}

/** An error as it crosses from the worker. */
export interface PlainError {
  code: ErrorCode;
  message: string;
}

export function toPlain(error: unknown): PlainError {
  if (error instanceof ParsonaError) return { code: error.code, message: error.message };
  // V8 says "Out of memory" or "could not allocate memory" with a RangeError.
  if (error instanceof RangeError && /memory|allocat/i.test(error.message))
    return { code: 'memory', message: `out of memory: ${error.message}` };
  if (error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.LinkError)
    return { code: 'crashed', message: `the WebAssembly module stopped: ${error.message}` };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** The signal's reason, which is what an aborted call rejects with everywhere on the web. */
export function abortReason(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException('The operation was aborted.', 'AbortError');
}
