import { readFile } from 'node:fs/promises';
import { type Plugin, transform } from 'esbuild';

/**
 * Styles and elements stand in templates of Lit, which no minifier looks into: comments and indentation would reach every visitor. Within
 * elements, where spaces in a row are one, indentation goes; what they show stays the same.
 */
export const smallTemplates: Plugin = {
  name: 'small-templates',
  setup(build) {
    build.onLoad({ filter: /[\\/]element[\\/](parts[\\/])?[\w-]+\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/\n\s+/g, '\n'),
      loader: 'ts',
    }));
    build.onLoad({ filter: /[\\/]element[\\/]styles[\\/]\w+\.ts$/ }, async ({ path }) => {
      const pieces = (await readFile(path, 'utf8')).split(/(?<=css`)([^`]*)(?=`)/);
      // Every other piece stands between the marks of a template.
      const small = await Promise.all(
        pieces.map(async (piece, i) => (i % 2 === 0 ? piece : minified(piece))),
      );
      return { contents: small.join(''), loader: 'ts' };
    });
  },
};

/** @throws Error when it is no plain CSS, or what is made of it would be read as something else between the marks of a template */
async function minified(css: string): Promise<string> {
  // Else a letter beyond ASCII would become an escape, which a template takes for its own.
  const { code, warnings } = await transform(css, { loader: 'css', minify: true, charset: 'utf8' });
  const [warning] = warnings;
  if (warning !== undefined) throw new Error(`styles of the element: ${warning.text}`);
  const special = /[\\`]|\$\{/.exec(code)?.[0];
  if (special !== undefined)
    throw new Error(`styles of the element hold ${special}, which a template reads differently`);
  return code.trim();
}
