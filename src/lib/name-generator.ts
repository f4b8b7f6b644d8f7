import { randomBytes } from './id';

const ADJECTIVES = (
  'able agile airy ample amber ancient azure balmy bold brave breezy bright brisk calm candid caring casual cheery ' +
  'chosen civil clean clear clever cosmic cosy crisp curious daring dapper deep devoted eager early earnest easy ' +
  'elated fabled fair faithful famous fancy fearless fine firm fleet fluent fond frank free fresh friendly gallant ' +
  'generous gentle gifted glad gleeful golden good graceful grand happy hardy hearty honest hopeful humble ideal ' +
  'jolly jovial joyful keen kind lasting lively loyal lucid lucky mellow merry mighty mild modest neat nimble noble ' +
  'open patient placid plucky polite prime proud quick quiet rapid ready robust serene sharp silent smart snug ' +
  'sober solid steady stoic sunny swift tender tidy trusty upbeat valiant vivid warm wise witty zesty'
).split(' ');

const SURNAMES = (
  'abel airy ampere anning archimedes babbage bardeen bernoulli bohr boole born bose brahe braun cannon cantor carson ' +
  'cauchy cerf chebyshev clarke copernicus coulomb crick curie dalton darwin davy dirac doppler dyson edison einstein ' +
  'elion engelbart erdos euclid euler faraday fermat fermi feynman fourier franklin galileo galois gauss germain ' +
  'goeppert goldberg hamilton hawking heaviside hertz herschel hilbert hodgkin hooke hopper hubble huygens hypatia ' +
  'jackson johnson joule kalam kelvin kepler khorana knuth kovalevskaya lagrange lamarr laplace leavitt leibniz ' +
  'liskov lovelace lumiere maxwell mayer mccarthy meitner mendel mendeleev minsky moore morse nash newton nobel ' +
  'noether ohm pascal pasteur pauling perlman planck poincare ramanujan raman riemann ritchie rubin salk shannon ' +
  'snyder stallman stroustrup swartz tesla thompson torvalds turing volta wiles wilson wozniak wright wu yonath'
).split(' ');

/** How many names are tried before digits are added. */
const PLAIN_TRIES = 20;

/** A name for a container that was given none: `keen_noether`, one for which `isTaken` is false. */
export function generateName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    const bytes = randomBytes(6);
    const [a, b, c] = [bytes.readUInt16LE(0), bytes.readUInt16LE(2), bytes.readUInt16LE(4)];
    const plain = `${ADJECTIVES[a % ADJECTIVES.length]}_${SURNAMES[b % SURNAMES.length]}`;
    const name = attempt < PLAIN_TRIES ? plain : `${plain}${c}`;
    if (!isTaken(name)) return name;
  }
}
