const machines: Readonly<Record<number, string>> = {
  3: 'ia32',
  8: 'mips',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};

/** `e_machine` as Node spells it in process.arch. */
export function machineName(machine: number): string {
  return machines[machine] ?? `machine ${String(machine)}`;
}
