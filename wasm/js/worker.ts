/** The browser's worker. */
import { serve } from './engine.js';
import { webHost } from './host-web.js';
import type { Message, Reply } from './protocol.js';

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Message>) => void) | null;
  postMessage(reply: Reply, transfer: Transferable[]): void;
};
const receive = serve(webHost, (reply, transfer) => scope.postMessage(reply, transfer));
scope.onmessage = (event) => receive(event.data);
