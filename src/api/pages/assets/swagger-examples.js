// @ts-check
/**
 * Examples that need no further edit: choosing one fills in the parameters that it names, and a response of a demo operation leads to the
 * request that shows its effect.
 *
 * @typedef {import('../swagger-system').System} System
 * @typedef {import('../swagger-system').Plugin} Plugin
 * @typedef {import('../swagger-system').PathMethod} PathMethod
 * @typedef {Readonly<Record<string, string>>} Values
 */

/** @type {PathMethod} */
const READ = ['/api/v1/integrations/{integrationId}', 'get'];
/** @type {PathMethod} */
const VERIFY = ['/api/v1/webhooks/verify', 'post'];

/**
 * An example of a body can name parameters (`x-parameters`).
 *
 * @type {Plugin}
 */
export const fillParameters = () => ({
  statePlugins: {
    oas3: {
      wrapActions: {
        setActiveExamplesMember: (original, system) => (chosen) => {
          const result = original(chosen);
          if (chosen.contextType === 'requestBody') fillIn(system, chosen.pathMethod, chosen.name);
          return result;
        },
      },
    },
  },
});

/**
 * @param {System} system
 * @param {PathMethod} pathMethod
 * @param {string} chosen
 */
function fillIn(system, pathMethod, chosen) {
  const { parameters, requestBody } = operationOf(system, pathMethod);
  const examples = Object.values(requestBody?.content ?? {}).flatMap((content) =>
    Object.entries(content.examples ?? {}),
  );
  const values = examples.find(([name]) => name === chosen)?.[1]['x-parameters'] ?? {};
  const current = system.specSelectors.parameterValues(pathMethod).toJS();
  for (const { name, in: location, examples: own = {} } of parameters) {
    const value = current[`${location}.${name}`];
    // What another example filled in is taken back; what a person entered is not.
    const isFilledIn = value && examples.some(([, example]) => example['x-parameters']?.[name] === value);
    const first = Object.values(own)[0]?.value ?? '';
    const next = values[name] ?? (isFilledIn ? first : undefined);
    if (next !== undefined) setParameter(system, pathMethod, { name, in: location }, next);
  }
}

/**
 * A button below the response of a demo operation.
 *
 * @type {Plugin}
 */
export const offerNextStep = (system) => ({
  wrapComponents: {
    liveResponse: (Original) => (props) => {
      const { createElement: h, Fragment } = system.React;
      const step = props.response.get('status') === 200 && nextStep(props.path, String(props.response.get('text')));
      if (!step) return h(Original, props);
      const onClick = () => openWith(system, step);
      const button = h('button', { type: 'button', className: 'next-step', onClick }, step.label);
      return h(Fragment, null, h(Original, props), button);
    },
  },
});

/**
 * @typedef {{ label: string, pathMethod: PathMethod, values: Values, body?: string }} Step
 *
 * @param {string} path
 * @param {string} text
 * @returns {Step | undefined}
 */
function nextStep(path, text) {
  if (path === '/demo/faults')
    return { label: 'Prepare a read that meets the faults', pathMethod: READ, values: { 'Cache-Control': 'no-cache' } };
  if (path !== '/demo/webhooks') return undefined;
  /** @type {{ headers: Values, body: string }} */
  const { headers, body } = JSON.parse(text);
  return { label: 'Prepare its verification', pathMethod: VERIFY, values: headers, body };
}

/**
 * Opens an operation with these values of its parameters, whatever their case.
 *
 * @param {System} system
 * @param {Step} step
 */
function openWith(system, { pathMethod, values, body }) {
  const given = new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
  for (const parameter of operationOf(system, pathMethod).parameters) {
    const value = given.get(parameter.name.toLowerCase());
    if (value !== undefined) setParameter(system, pathMethod, parameter, value);
  }
  if (body !== undefined) system.oas3Actions.setRequestBodyValue({ value: body, pathMethod });
  openOperation(system, pathMethod);
}

/**
 * Opens an operation and scrolls to it.
 *
 * @param {System} system
 * @param {PathMethod} pathMethod
 */
export function openOperation(system, pathMethod) {
  const { layoutActions } = system;
  const {
    tags: [tag = ''],
    operationId,
  } = operationOf(system, pathMethod);
  layoutActions.show(['operations-tag', tag], true);
  layoutActions.show(['operations', tag, operationId], true);
  // Swagger UI has rendered it by the next frame.
  requestAnimationFrame(() => document.getElementById(`operations-${tag}-${operationId}`)?.scrollIntoView());
}

/**
 * An operation of the document, with its parameters resolved.
 *
 * @param {System} system
 * @param {PathMethod} pathMethod
 */
function operationOf({ specSelectors }, [path, method]) {
  const { paths, components } = specSelectors.specJson().toJS();
  const operation = paths[path]?.[method];
  if (!operation) throw new Error(`The document has no operation ${method} ${path}.`);
  const parameters = (operation.parameters ?? []).map((parameter) => {
    const [, name = ''] = /^#\/components\/parameters\/(.+)$/.exec(parameter.$ref ?? '') ?? [];
    return components.parameters?.[name] ?? parameter;
  });
  return { ...operation, parameters };
}

/**
 * Swagger UI keeps the value of a parameter by its name until the operation was opened, and by its content from then on.
 *
 * @param {System} system
 * @param {PathMethod} pathMethod
 * @param {{ name: string, in: string }} parameter
 * @param {string} value
 */
function setParameter({ specActions, specSelectors }, pathMethod, { name, in: location }, value) {
  specActions.changeParam(pathMethod, name, location, value);
  const resolved = specSelectors.specJsonWithResolvedSubtrees().getIn(['paths', ...pathMethod, 'parameters']);
  const parameter = resolved?.find((known) => known.get('name') === name && known.get('in') === location);
  if (parameter) specActions.changeParamByIdentity(pathMethod, parameter, value);
}
