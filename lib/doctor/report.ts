import { bytes } from './bytes.js';
import type { Facts, PreloadEntry } from './facts/facts.js';
import type { Finding } from './findings/finding.js';
import { fields, wrap } from './layout.js';

/** For people: facts first, then what is wrong, worst first. */
export function report(facts: Facts, findings: readonly Finding[]): string {
  return `${[heading(facts), fields(factRows(facts)), ...findings.map(paragraph), summary(findings)].join('\n\n')}\n`;
}

function heading({ process: { pid, self, command } }: Facts): string {
  const subject = self ? 'this process' : `process ${String(pid)}`;
  const words = command.map((word) => (word.includes('\n') ? '…' : word)).join(' ');
  return wrap(`${subject}: ${words === '' ? 'command unknown' : shorten(words, 300)}`, 0).join(
    '\n',
  );
}

function factRows(facts: Facts): [string, string][] {
  const { machine, malloc, memory, process: of, scan } = facts;
  const huge = machine.hugePages ?? 'not in this kernel';
  const rows: [string, string][] = [
    ['malloc', mallocLine(facts)],
    ['library', malloc.library ?? malloc.evidence],
    ...(malloc.options === null
      ? []
      : [['options', optionsLine(malloc.options)] as [string, string]]),
    ['libc', `${of.libc.name} ${of.libc.version ?? ''}`.trim()],
    [
      'machine',
      `${machine.platform} ${machine.arch}, pages of ${size(machine.pageSize)}, huge pages: ${huge}`,
    ],
    ['resident', `${size(memory.resident)}, swapped ${size(memory.swapped)}`],
    ['limit', limitLine(memory.cgroup)],
    ...Object.entries(facts.environment)
      .filter(([name]) => name !== 'LD_PRELOAD')
      .map(([name, value]): [string, string] => ['variable', `${name}=${value}`]),
    ...facts.preload.map((entry): [string, string] => ['preload', preloadLine(entry)]),
    ['addons', `${String(scan.addons)} below ${scan.folder ?? 'an unknown folder'}`],
  ];
  return rows;
}

function mallocLine({ malloc, process: { guarded } }: Facts): string {
  const how = {
    default: "the C library's own",
    preload: guarded ? 'preloaded by allomorph' : 'preloaded',
    linked: 'linked into the program',
    unknown: 'cannot be told',
  }[malloc.source];
  return `${malloc.name} ${malloc.version ?? ''}`.trim() + ` (${how})`;
}

function optionsLine(options: NonNullable<Facts['malloc']['options']>): string {
  const entries = Object.entries(options).map(([key, value]) => `${key}:${String(value)}`);
  return entries.length === 0 ? 'none set' : entries.join(' ');
}

function limitLine(cgroup: Facts['memory']['cgroup']): string {
  if (cgroup === null) return 'no control group for memory';
  const limit = cgroup.limit === null ? 'no limit' : bytes(cgroup.limit);
  return (
    `${limit}, in use ${size(cgroup.usage)} (${size(cgroup.workingSet)} without file cache), ` +
    `cgroup v${String(cgroup.version)}`
  );
}

function preloadLine({ entry, from, problem, mapped }: PreloadEntry): string {
  const state = problem !== null ? `NOT LOADED` : mapped === true ? 'loaded' : 'cannot be told';
  return `${entry} (${from === 'LD_PRELOAD' ? '' : `${from}, `}${state})`;
}

function paragraph({ severity, id, title, reason, fix, evidence }: Finding): string {
  const rows: [string, string][] = [
    ['seen', evidence],
    ['why', reason],
    ['fix', fix],
  ];
  return [...wrap(`${severity.toUpperCase()}: ${title} [${id}]`, 2), fields(rows, '  ')].join('\n');
}

function summary(findings: readonly Finding[]): string {
  const count = (severity: Finding['severity']) =>
    findings.filter((finding) => finding.severity === severity).length;
  const counts = [
    [count('error'), 'error', 'errors'],
    [count('warning'), 'warning', 'warnings'],
    [count('info'), 'note', 'notes'],
  ] as const;
  const parts = counts
    .filter(([number]) => number > 0)
    .map(([number, one, many]) => `${String(number)} ${number === 1 ? one : many}`);
  return parts.length === 0 ? 'Nothing wrong found.' : `${parts.join(', ')}.`;
}

function size(value: number | null): string {
  return value === null ? 'unknown' : bytes(value);
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
