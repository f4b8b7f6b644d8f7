console.log('the answer is', require('./lib/answer.js'));
