import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../repository';
import type { Manifest } from './manifests';

const CUSTOM_RESOURCES = './custom-resources';
/** Where `CUSTOM_RESOURCES` and `kubernetes-types` are found from; no such file exists. */
const SOURCE = join(ROOT, 'test/support/kubernetes/checked-manifests.ts');

/**
 * Compiles each resource as a literal of its kind, in which unknown keys and wrong types are errors. Returns the errors of each, in
 * their order.
 */
export function typeErrorsOf(manifests: readonly unknown[]): readonly (readonly string[])[] {
  const literals = manifests.map((manifest, index) => {
    const { apiVersion, kind } = Object(manifest) as Manifest;
    return `export const _${index}: import('${moduleOf(`${apiVersion}`)}').${kind} = ${JSON.stringify(manifest)};`;
  });
  const errors: string[][] = literals.map(() => []);
  for (const { start, messageText } of diagnosticsOf(literals.join('\n'))) {
    // One line for each resource.
    const line = literals.join('\n').slice(0, start).split('\n').length - 1;
    errors[line]?.push(ts.flattenDiagnosticMessageText(messageText, '\n'));
  }
  return errors;
}

/** `apps/v1`, `core/v1` in place of `v1`, `networking/v1` in place of `networking.k8s.io/v1`. */
function moduleOf(apiVersion: string): string {
  if (/^(monitoring\.coreos\.com|route\.openshift\.io)\//.test(apiVersion)) return CUSTOM_RESOURCES;
  return `kubernetes-types/${apiVersion.replace(/^v1$/, 'core/v1').replace('.k8s.io/', '/')}`;
}

function diagnosticsOf(text: string): readonly ts.Diagnostic[] {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    types: [],
    noEmit: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => file === SOURCE || fileExists(file);
  host.getSourceFile = (file, ...rest) =>
    file === SOURCE ? ts.createSourceFile(file, text, ts.ScriptTarget.Latest) : getSourceFile(file, ...rest);
  const program = ts.createProgram([SOURCE], options, host);
  return program.getSemanticDiagnostics(program.getSourceFile(SOURCE));
}
