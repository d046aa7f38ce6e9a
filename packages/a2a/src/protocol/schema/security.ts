/** Security schemes of an agent card (spec 4.5), after those of OpenAPI 3.2. */
import { list, map, message, one, oneof, required } from "./field.js";

const description = one(1, "string", "A description of the scheme.");
const scopes = "The available scopes: name and short description.";
const refreshUrl = "Where refresh tokens are obtained.";

export const securityMessages = {
  SecurityScheme: message(
    "A way of authenticating with an agent, after the Security Scheme Object of OpenAPI 3.2.",
    oneof("scheme", {
      apiKeySecurityScheme: one(1, "APIKeySecurityScheme", "An API key."),
      httpAuthSecurityScheme: one(
        2,
        "HTTPAuthSecurityScheme",
        "HTTP authentication: Basic, Bearer and others.",
      ),
      oauth2SecurityScheme: one(3, "OAuth2SecurityScheme", "OAuth 2.0."),
      openIdConnectSecurityScheme: one(4, "OpenIdConnectSecurityScheme", "OpenID Connect."),
      mtlsSecurityScheme: one(5, "MutualTlsSecurityScheme", "Mutual TLS."),
    }),
  ),

  SecurityRequirement: message("Schemes that must be satisfied together.", {
    schemes: map(1, "StringList", "Scheme name to required scopes."),
  }),

  StringList: message("A list of strings.", {
    list: list(1, "string", "The strings."),
  }),

  APIKeySecurityScheme: message("Authentication by an API key.", {
    description,
    location: one(2, "string", "Where the key goes: `query`, `header` or `cookie`.", required),
    name: one(3, "string", "The name of the query parameter, header or cookie.", required),
  }),

  HTTPAuthSecurityScheme: message("HTTP authentication.", {
    description,
    scheme: one(
      2,
      "string",
      "The scheme of the Authorization header as registered with IANA, for example `Bearer`.",
      required,
    ),
    bearerFormat: one(3, "string", "A hint about the format of a bearer token, for example `JWT`."),
  }),

  OAuth2SecurityScheme: message("Authentication by OAuth 2.0.", {
    description,
    flows: one(2, "OAuthFlows", "The supported flow and its configuration.", required),
    oauth2MetadataUrl: one(
      3,
      "string",
      "URL of the authorization server's metadata (RFC 8414); TLS is required.",
    ),
  }),

  OpenIdConnectSecurityScheme: message("Authentication by OpenID Connect.", {
    description,
    openIdConnectUrl: one(2, "string", "The discovery URL of the provider's metadata.", required),
  }),

  MutualTlsSecurityScheme: message("Authentication by a TLS client certificate.", { description }),

  OAuthFlows: message(
    "The supported OAuth 2.0 flow.",
    oneof("flow", {
      authorizationCode: one(1, "AuthorizationCodeOAuthFlow", "The Authorization Code flow."),
      clientCredentials: one(2, "ClientCredentialsOAuthFlow", "The Client Credentials flow."),
      implicit: one(3, "ImplicitOAuthFlow", "Use Authorization Code with PKCE instead.", {
        deprecated: true,
      }),
      password: one(4, "PasswordOAuthFlow", "Use Authorization Code with PKCE or Device Code instead.", {
        deprecated: true,
      }),
      deviceCode: one(5, "DeviceCodeOAuthFlow", "The Device Code flow."),
    }),
  ),

  AuthorizationCodeOAuthFlow: message("The OAuth 2.0 Authorization Code flow.", {
    authorizationUrl: one(1, "string", "The authorization URL.", required),
    tokenUrl: one(2, "string", "The token URL.", required),
    refreshUrl: one(3, "string", refreshUrl),
    scopes: map(4, "string", scopes, required),
    pkceRequired: one(
      5,
      "bool",
      "Whether PKCE (RFC 7636) is required; recommended for all clients, and a must for public ones.",
    ),
  }),

  ClientCredentialsOAuthFlow: message("The OAuth 2.0 Client Credentials flow.", {
    tokenUrl: one(1, "string", "The token URL.", required),
    refreshUrl: one(2, "string", refreshUrl),
    scopes: map(3, "string", scopes, required),
  }),

  ImplicitOAuthFlow: message("The OAuth 2.0 Implicit flow. Deprecated.", {
    authorizationUrl: one(1, "string", "The authorization URL; TLS is required."),
    refreshUrl: one(2, "string", refreshUrl),
    scopes: map(3, "string", scopes),
  }),

  PasswordOAuthFlow: message("The OAuth 2.0 Password flow. Deprecated.", {
    tokenUrl: one(1, "string", "The token URL; TLS is required."),
    refreshUrl: one(2, "string", refreshUrl),
    scopes: map(3, "string", scopes),
  }),

  DeviceCodeOAuthFlow: message("The OAuth 2.0 Device Code flow (RFC 8628), for devices without a keyboard.", {
    deviceAuthorizationUrl: one(1, "string", "The device authorization URL.", required),
    tokenUrl: one(2, "string", "The token URL.", required),
    refreshUrl: one(3, "string", refreshUrl),
    scopes: map(4, "string", scopes, required),
  }),
};
