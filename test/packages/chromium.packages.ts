/** A browser with an allocator of its own, as a child of a Node on a preloaded one. */
import { plain, preloaded, type Report } from './workload.js';

interface Details {
  /** The kinds of processes that the browser consisted of while it rendered the page. */
  readonly types: readonly string[];
  /** Those of them that something of the launcher had reached. */
  readonly ours: readonly string[];
  readonly starterIsOurs: boolean;
}

const detailsOf = ({ details }: Report) => details as Details;
const someOfThem = expect.arrayContaining(['chromium', 'renderer', 'zygote']);

test.each(['node', 'none'])('--inherit %s leaves no trace in any process of it', (inherit) => {
  const expected = plain('chromium');
  expect(expected.output).toMatchObject({ status: 0, text: expect.stringContaining('>42</p>') });
  expect(detailsOf(expected)).toMatchObject({ types: someOfThem, ours: [], starterIsOurs: false });

  const actual = preloaded('chromium', '--inherit', inherit);
  expect(actual.allocator).toMatchObject({ name: 'jemalloc', source: 'preload' });
  expect(actual.output).toEqual(expected.output);
  expect(detailsOf(actual)).toMatchObject({ types: someOfThem, ours: [], starterIsOurs: true });
});
