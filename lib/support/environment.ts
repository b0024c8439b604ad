/** A variable's value; undefined when it is unset or empty, which operators mean to be the same. */
export function variable(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}
