import type { Comparison } from '../../document/index.js';
import { figure } from '../figures/figure.js';
import { count, gigabytes, type Format } from '../figures/format.js';
import { html, type Markup } from '../markup/template.js';
import { fields } from './fields.js';

export function environmentSection({ environment }: Comparison): Markup {
  const { cpu, cores, memoryBytes, memoryLimitBytes, loadAverage } = environment;
  return html`<section aria-labelledby="environment">
    <h2 id="environment">Environment</h2>
    ${fields([
      ['Node', environment.node],
      ['allomorph', environment.allomorph],
      ['System', `${environment.platform} ${environment.arch}, kernel ${environment.kernel}`],
      ['C library', environment.libc],
      [
        'Processor',
        html`${cpu}, ${figure(cores, count, 'environment', 'cores')}
        ${cores === 1 ? 'core' : 'cores'}`,
      ],
      ['Memory', figure(memoryBytes, gigabytes, 'environment', 'memoryBytes')],
      [
        'Memory limit',
        memoryLimitBytes === null
          ? 'none'
          : figure(memoryLimitBytes, gigabytes, 'environment', 'memoryLimitBytes'),
      ],
      ['Huge pages', environment.transparentHugePages ?? 'not in this kernel'],
      [
        'Load average',
        html`${figure(loadAverage.before, load, 'environment', 'loadAverage', 'before')} before,
        ${figure(loadAverage.after, load, 'environment', 'loadAverage', 'after')} after`,
      ],
    ])}
  </section>`;
}

/** As uptime(1) writes it. */
const load: Format = (value) => value.toFixed(2);
