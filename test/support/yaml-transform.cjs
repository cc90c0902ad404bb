const { parse } = require('yaml');

/** Lets a test import a YAML file: Jest parses it once and keeps the result, as long as the file does not change. */
module.exports = {
  process: (source) => ({ code: `exports.document = ${JSON.stringify(parse(source))};` }),
};
