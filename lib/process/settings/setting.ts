/** What the user wants of the allocator; see docs/presets.md for what each costs and gives. */
export const presets = ['balanced', 'memory', 'throughput'] as const;
export type Preset = (typeof presets)[number];

/** A variable by which an allocator is configured. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  /**
   * What joins it with the user's own value of the variable, which comes last and so wins; null:
   * the variable holds one value, and the user's own wins.
   */
  readonly separator: ',' | ':' | null;
}

/** How one kind of allocator is configured. */
export interface Dialect {
  preset(preset: Preset): readonly Setting[];
  /** @throws LaunchError when the text is not of the allocator's form */
  conf(text: string): readonly Setting[];
}
