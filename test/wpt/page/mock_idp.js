/*
 * The identity provider of the tests in webrtc-identity. web-platform-tests has one of the same name, which was written
 * for a draft: it validates members that it does not write, and makes its RTCError in a way that is no longer one. This
 * one does what the tests say of it, by its query:
 *   generatorAction: throw-error (with errorInfo), require-login, return-custom-idp (with domain and protocol),
 *     return-invalid-result
 *   validatorAction: throw-error (with errorInfo), return-custom-contents (with contents)
 *   action: do-not-register
 */
/* global rtcIdentityProvider */
const query = Object.fromEntries(new URL(location.href).searchParams);

function fail({ errorInfo }) {
  throw Object.assign(new Error('The provider has been told to fail'), { idpErrorInfo: errorInfo });
}

async function generateAssertion(contents, origin, options) {
  if (query.generatorAction === 'throw-error') fail(query);
  if (query.generatorAction === 'require-login') {
    throw Object.assign(new RTCError({ errorDetail: 'idp-need-login' }), {
      idpLoginUrl: `${self.origin}/login`,
      idpErrorInfo: 'login required',
    });
  }
  if (query.generatorAction === 'return-invalid-result') return 'invalid-result';
  const assertion = JSON.stringify({
    watermark: 'mock-idp.js.watermark',
    args: { contents, origin, options },
    env: { origin: self.origin, location },
    query,
  });
  if (query.generatorAction === 'return-custom-idp') {
    return { idp: { domain: query.domain, protocol: query.protocol }, assertion };
  }
  return { idp: { domain: location.host, protocol: 'mock-idp.js' }, assertion };
}

async function validateAssertion(assertion) {
  // The assertion knows the query that it was made with; validation is asked of the script without one.
  const { args, query } = JSON.parse(assertion);
  if (query.validatorAction === 'throw-error') fail(query);
  const contents = query.validatorAction === 'return-custom-contents' ? query.contents : args.contents;
  return { identity: args.options.usernameHint, contents };
}

if (query.action !== 'do-not-register') rtcIdentityProvider.register({ generateAssertion, validateAssertion });
