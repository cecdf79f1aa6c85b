/**
 * Compiles what a strict user of a package writes, against the declarations in its tarball: every entry
 * imported, with the declarations themselves checked (`skipLibCheck: false`), and the package's consumer
 * (`consumers/NAME.ts`), which hands on options that may be undefined. The declarations are also searched for
 * optional properties that refuse that.
 */
import { readFileSync } from 'node:fs';
import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { typeProblems } from './type-problems.js';

/** `name` is the package, installed in `project`. */
export async function consumerProblems(
  project: string,
  name: string,
  entries: readonly string[],
  consumer: string,
): Promise<string[]> {
  const all = join(project, 'all-entries.ts');
  const own = join(project, 'consumer.ts');
  const imports = entries.map((entry, index) => `import * as entry${index} from '${entry}';`);
  const uses = entries.map((_, index) => `entry${index}`);
  await writeFile(all, `${imports.join('\n')}\nexport const entries = [${uses.join(', ')}];\n`);
  await copyFile(consumer, own);
  const dist = join(project, 'node_modules', name, 'dist');
  const declarations = (await readdir(dist, { recursive: true })).filter((file) => file.endsWith('.d.ts'));
  return [
    ...declarations.flatMap((file) => closedOptions(join(dist, file))),
    ...(['nodenext', 'bundler'] as const).flatMap((moduleResolution) =>
      typeProblems([all, own], { moduleResolution, skipLibCheck: false }),
    ),
  ];
}

/**
 * Optional properties whose type leaves out `undefined`: under
 * `exactOptionalPropertyTypes` a maybe is no value of theirs.
 */
function closedOptions(path: string): string[] {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const optional =
      (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node) || ts.isMappedTypeNode(node)) &&
      node.questionToken?.kind === ts.SyntaxKind.QuestionToken;
    if (optional && !(node.type && allowsUndefined(node.type))) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${path}:${line + 1}: optional, but not \`| undefined\`: ${node.getText()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function allowsUndefined(type: ts.TypeNode): boolean {
  if (ts.isParenthesizedTypeNode(type)) return allowsUndefined(type.type);
  if (ts.isUnionTypeNode(type)) return type.types.some(allowsUndefined);
  return [ts.SyntaxKind.UndefinedKeyword, ts.SyntaxKind.UnknownKeyword, ts.SyntaxKind.AnyKeyword].includes(
    type.kind,
  );
}
