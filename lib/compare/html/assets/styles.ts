import { pageStyles } from './page.js';
import { plotStyles } from './plots.js';
import { printStyles } from './print.js';
import { tableStyles } from './tables.js';
import { themeStyles } from './theme.js';

export const styles = [themeStyles, pageStyles, plotStyles, tableStyles, printStyles].join('');
