import picocolors from 'picocolors';

/** What colours mean in the report. */
export interface Paint {
  readonly better: (text: string) => string;
  readonly worse: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

export function paintFor(colours: boolean): Paint {
  const { green, red, dim, bold } = picocolors.createColors(colours);
  return { better: green, worse: red, faint: dim, strong: bold };
}
