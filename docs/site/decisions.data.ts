import { decisions } from './.vitepress/pages.js';

/** Filled in when the site is built: number, title and address of each decision. */
export declare const data: ReturnType<typeof decisions>;

export default { watch: ['../decisions/*.md'], load: decisions };
