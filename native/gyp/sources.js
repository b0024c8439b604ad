// Prints groups of native/sources.json for binding.gyp, one path a line:
//   node native/gyp/sources.js core allocators platform.linux
const sources = require('../sources.json');

for (const group of process.argv.slice(2)) {
  const files = group.split('.').reduce((node, key) => node?.[key], sources);
  if (!Array.isArray(files)) throw new Error(`native/sources.json has no group "${group}"`);
  console.log(files.join('\n'));
}
