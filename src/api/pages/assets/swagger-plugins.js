// @ts-check
/**
 * What Stagedoor changes in Swagger UI, by its plugin API. Components are wrapped, so that all else follows the package.
 *
 * @typedef {import('../swagger-system').Parameter} Parameter
 * @typedef {import('../swagger-system').Plugin} Plugin
 */

/** The headers that show what Stagedoor did, in the order of their interest. */
const SHOWN_HEADERS = [
  'cache-status',
  'age',
  'server-timing',
  'etag',
  'idempotency-replayed',
  'preference-applied',
  'retry-after',
  'ratelimit',
  'x-request-id',
];

/** @param {string} code */
const isProblem = (code) => /^[45]/.test(code);

/**
 * A problem is one line until it is opened: with all of them open, the responses of one operation are nine screens long.
 *
 * @type {Plugin}
 */
export const foldProblems = ({ React }) => ({
  wrapComponents: {
    response:
      (Original, { getComponent }) =>
      (props) => {
        const [isOpen, setOpen] = React.useState(false);
        const h = React.createElement;
        if (!isProblem(props.code) || isOpen) return h(Original, props);
        const Markdown = getComponent('Markdown', true);
        const { code, response } = props;
        return h(
          'tr',
          { className: 'response problem-row', 'data-code': code },
          h('td', { className: 'response-col_status' }, code),
          h(
            'td',
            { className: 'response-col_description', colSpan: 2 },
            h(
              'button',
              { type: 'button', className: 'problem-row-open', 'aria-expanded': false, onClick: () => setOpen(true) },
              h(Markdown, { source: response.get('description') }),
            ),
          ),
        );
      },
    headers: (Original) => (props) => {
      const h = React.createElement;
      const count = props.headers?.size ?? 0;
      if (count === 0) return null;
      return h('details', { className: 'fold' }, h('summary', null, counted(count, 'header')), h(Original, props));
    },
  },
});

/**
 * Optional request headers appear when a person requests them, or when they have a value.
 *
 * @type {Plugin}
 */
export const foldOptionalHeaders = ({ React }) => {
  const h = React.createElement;
  const Fold = React.createContext({ isOpen: true, first: '', count: 0, open: () => undefined });
  /** @param {Parameter} param */
  const isOptional = (param) => param.get('in') === 'header' && param.get('required') !== true;
  return {
    wrapComponents: {
      parameters: (Original) => (props) => {
        const [isOpen, setOpen] = React.useState(false);
        const optional = props.parameters.filter(isOptional);
        const first = optional.first()?.get('name');
        const value = { isOpen, first, count: optional.size, open: () => setOpen(true) };
        return h(Fold.Provider, { value }, h(Original, props));
      },
      parameterRow: (Original) => (props) => {
        const { isOpen, first, count, open } = React.useContext(Fold);
        const row = h(Original, props);
        if (isOpen || !isOptional(props.rawParam)) return row;
        const hasValue = Boolean(props.param?.get('value'));
        const button = h(
          'tr',
          { className: 'fold-row' },
          h(
            'td',
            { colSpan: 2 },
            h('button', { type: 'button', onClick: open }, `Show ${counted(count, 'optional header')}`),
          ),
        );
        return h(React.Fragment, null, props.rawParam.get('name') === first && button, hasValue && row);
      },
    },
  };
};

/**
 * Above a live response: the headers in which cache, retry and limits are seen, in full.
 *
 * @type {Plugin}
 */
export const showResponseHeaders = ({ React }) => ({
  wrapComponents: {
    liveResponse: (Original) => (props) => {
      const h = React.createElement;
      const headers = props.response.get('headers')?.toJS() ?? {};
      const shown = SHOWN_HEADERS.filter((name) => headers[name] !== undefined);
      const terms = shown.map((name) =>
        h('div', { key: name }, h('dt', null, name), h('dd', null, [headers[name]].flat().join(', '))),
      );
      return h(React.Fragment, null, h('dl', { className: 'live-headers' }, terms), h(Original, props));
    },
  },
});

/**
 * Calls `changed` whenever a person has authorised or logged out in the dialog of Swagger UI.
 *
 * @param {() => void} changed
 * @returns {Plugin}
 */
export const onAuthorization = (changed) => () => {
  /** @param {(payload: unknown) => unknown} original */
  const announced = (original) => (/** @type {unknown} */ payload) => {
    const result = original(payload);
    changed();
    return result;
  };
  return { statePlugins: { auth: { wrapActions: { authorize: announced, logout: announced } } } };
};

/**
 * @param {number} count
 * @param {string} noun
 */
const counted = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;
