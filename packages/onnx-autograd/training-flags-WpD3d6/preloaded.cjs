console.log(require('node:worker_threads').isMainThread ? 'on the main thread' : 'on another thread');
