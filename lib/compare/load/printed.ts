import { jsonObjects, type JsonObject } from './json.js';

/** What a command wrote, ready to be searched. */
export interface Printed {
  /** Without colours, and with a line for each state of a progress bar. */
  readonly text: string;
  /** The JSON objects in it, in their order. */
  readonly objects: readonly JsonObject[];
}

export function printedBy(output: string): Printed {
  const text = output.replace(escapeSequences, '').replace(/\r\n?/g, '\n');
  return { text, objects: jsonObjects(text) };
}

/** ECMA-48: colours, and what progress bars move the cursor with. */
// eslint-disable-next-line no-control-regex -- the escape character is what is looked for
const escapeSequences = /\u001b\[[0-?]*[ -/]*[@-~]/g;
