import path from 'node:path';

/** A program to compare on. */
export interface Program {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Options of `allomorph compare` that it needs. */
  readonly options: readonly string[];
  readonly command: readonly string[];
}

const example = (
  name: string,
  env: Program['env'] = {},
  options: Program['options'] = [],
): Program => ({
  name,
  env,
  options,
  command: ['node', `examples/${name}.mjs`],
});

/** A second or so each: what is asked of them is noise, not memory. */
export const smallPrograms: readonly Program[] = [
  example('zlib-burst', { BURST: '1500', IDLE: '0.3' }),
  example('retained-buffers', { BUFFERS: '800', IDLE: '0.3' }),
  example('worker-rounds', { ROUNDS: '2', IDLE: '0.3' }),
];

/** Another one than the default, which may be taken. */
const port = '18080';
const autocannon = path.join('node_modules', '.bin', 'autocannon');
const load = `${autocannon} -d 6 -c 20 --json http://127.0.0.1:${port}/report`;

/** All examples, at the sizes that they have by default. */
export const allPrograms: readonly Program[] = [
  example('zlib-burst'),
  example('retained-buffers'),
  example('worker-rounds'),
  example('http-service', { PORT: port }, ['--ready', port, '--load', load, '--idle', '5']),
  example('sharp-pipeline'),
];
