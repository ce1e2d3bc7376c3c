/** Pictures as they come: encoded bytes go to the C decoder where it knows the format; what only the browser can
 * decode (WebP, AVIF, HEIC, a canvas, a video's frame) becomes a bitmap first. */
import { ParsonaError, abortReason } from './errors.js';
import type { Picture } from './protocol.js';

export type ImageInput =
  | Blob // a File, too
  | ArrayBuffer
  | Uint8Array // a Buffer, too
  | { width: number; height: number; data: Uint8ClampedArray | Uint8Array } // ImageData
  | ImageBitmap
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLImageElement
  | HTMLVideoElement
  | string // a URL; in Node also a path
  | URL;

/** `open` fetches a URL. The caller's own pixels and bitmaps are copied, never taken. */
export async function readPicture(input: ImageInput, open: (url: string | URL) => Promise<Response>,
                                  signal?: AbortSignal): Promise<Picture> {
  if (typeof input === 'string' || input instanceof URL) return ofBlob(await fetchBlob(input, open, signal));
  if (input instanceof Uint8Array) return ofBytes(input);
  if (input instanceof ArrayBuffer) return ofBytes(new Uint8Array(input));
  if (input instanceof Blob) return ofBlob(input);
  if (isPixels(input)) return ofPixels(input);
  if (typeof createImageBitmap === 'function' && typeof input === 'object' && input !== null)
    return ofBitmap(input as ImageBitmapSource);
  throw new ParsonaError('argument', 'not a Blob, bytes, ImageData, ImageBitmap, canvas, image, video or URL');
}

async function fetchBlob(url: string | URL, open: (url: string | URL) => Promise<Response>, signal?: AbortSignal):
    Promise<Blob> {
  let response: Response;
  try {
    response = await open(url);
  } catch (cause) {
    if (signal?.aborted) throw abortReason(signal);
    throw new ParsonaError('network', `${url} could not be fetched`, { cause });
  }
  if (!response.ok)
    throw new ParsonaError('network', `${url}: ${response.status} ${response.statusText}`.trim());
  return response.blob();
}

type PixelInput = { width: number; height: number; data: Uint8ClampedArray | Uint8Array };

function isPixels(input: unknown): input is PixelInput {
  return typeof input === 'object' && input !== null && 'data' in input && 'width' in input && 'height' in input;
}

function ofPixels({ width, height, data }: PixelInput): Picture {
  const bytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray;
  if (!bytes || !Number.isInteger(width) || !Number.isInteger(height) || data.length !== width * height * 4)
    throw new ParsonaError('argument', `ImageData of ${width} x ${height} needs width * height * 4 bytes`);
  return { kind: 'pixels', width, height, data };
}

async function ofBlob(blob: Blob): Promise<Picture> {
  const head = new Uint8Array(await blob.slice(0, 16).arrayBuffer());
  if (isOurs(head) || typeof createImageBitmap !== 'function')
    return { kind: 'bytes', bytes: new Uint8Array(await blob.arrayBuffer()) };
  return ofBitmap(blob, !head.length ? '0 bytes' : blob.type);
}

function ofBytes(bytes: Uint8Array): Picture | Promise<Picture> {
  if (isOurs(bytes) || typeof createImageBitmap !== 'function') return { kind: 'bytes', bytes };
  return ofBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), !bytes.length ? '0 bytes' : '');
}

/** JPEG, PNG, GIF, BMP. */
function isOurs(head: Uint8Array): boolean {
  const starts = (...magic: number[]) => magic.every((byte, i) => head[i] === byte);
  return starts(0xff, 0xd8, 0xff) || starts(0x89, 0x50, 0x4e, 0x47) || starts(0x47, 0x49, 0x46, 0x38)
    || starts(0x42, 0x4d);
}

async function ofBitmap(source: ImageBitmapSource, what = ''): Promise<Picture> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(source, {
      imageOrientation: 'from-image', // EXIF, as the C decoder does
      premultiplyAlpha: 'none',
    });
  } catch (cause) {
    const kind = what ? ` (${what})` : '';
    throw new ParsonaError('image', `not an image that this browser can read${kind}`, { cause });
  }
  return typeof OffscreenCanvas === 'function' ? { kind: 'bitmap', bitmap } : drawn(bitmap);
}

/** Without OffscreenCanvas a worker cannot read a bitmap: the page does. */
function drawn(bitmap: ImageBitmap): Picture {
  const { width, height } = bitmap;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new ParsonaError('memory', `no canvas of ${width} x ${height} pixels`);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { kind: 'pixels', width, height, data: context.getImageData(0, 0, width, height).data };
}
