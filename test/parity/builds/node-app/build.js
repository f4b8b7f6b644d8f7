const fs = require('node:fs');
fs.mkdirSync('dist/lib', { recursive: true });
fs.writeFileSync('dist/lib/answer.js', 'module.exports = 42;\n');
fs.copyFileSync('src/index.js', 'dist/index.js');
fs.symlinkSync('lib/answer.js', 'dist/link.js');
