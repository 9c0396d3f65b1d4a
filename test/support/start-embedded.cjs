// node start-embedded.cjs <compiled embedded-postgres.js> <folder>
// Tells the server as one line of JSON and stops it when its own input ends.
const [compiled, folder] = process.argv.slice(2);
const { startEmbeddedPostgres } = require(compiled);

startEmbeddedPostgres(folder, (line) => console.error(line)).then(
  (server) => {
    console.log(JSON.stringify(server));
    process.stdin.once('end', () => server.stop()).resume();
  },
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
