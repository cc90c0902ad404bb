/** `docs/openapi.yaml` as a value (test/support/yaml-transform.cjs). */
declare module '*/openapi.yaml' {
  export const document: import('./openapi-document').OpenApiDocument;
}
