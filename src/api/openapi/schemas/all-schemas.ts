import type { JsonObject } from '../../../json/json-value';
import { integrationSchemas } from './integration-schemas';
import { problemSchemasOfDocument } from './problem-schemas';
import { requestSchemas } from './request-schemas';
import { SERVICE_SCHEMAS } from './service-schemas';
import { TENANT_SCHEMAS } from './tenant-schemas';

/** Every schema of the document, derived from the declarations of channels, requests, problems and scopes. */
export function allSchemas(): Record<string, JsonObject> {
  return {
    ...integrationSchemas(),
    ...requestSchemas(),
    ...SERVICE_SCHEMAS,
    ...TENANT_SCHEMAS,
    ...problemSchemasOfDocument(),
  };
}
