import { readFile } from 'node:fs/promises';
import { type Plugin, transform } from 'esbuild';

/** Styles stand in templates of Lit, which no minifier looks into: comments and indentation would reach every visitor. */
export const smallStyles: Plugin = {
  name: 'small-styles',
  setup(build) {
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

async function minified(css: string): Promise<string> {
  const { code } = await transform(css, { loader: 'css', minify: true });
  return code.trim();
}
