/** Node's worker thread. */
import { parentPort } from 'node:worker_threads';
import { serve } from './engine.js';
import { nodeHost } from './host-node.js';

const port = parentPort!;
port.on('message', serve(nodeHost, (reply, transfer) => port.postMessage(reply, transfer as ArrayBuffer[])));
