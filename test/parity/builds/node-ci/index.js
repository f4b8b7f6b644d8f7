console.log(require('library'));
