vcl 4.1;

# A shared cache in front of the three BFFs. What may be kept, for how long and under which surrogate keys is the BFF's
# to say, by `Cache-Control`, `Vary` and `Surrogate-Key`; nothing here knows an operation. Only answers that say
# `public` are kept, so that whoever asks may have what is found.

import std;
import xkey;

# The backends `mobile`, `web` and `iot`: another file for each place this runs at.
include "backends.vcl";

# Who may purge. With something on this machine in front of the cache, such as what ends TLS, every client comes from
# here: then let it speak the PROXY protocol, which tells who the client is.
acl purgers {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.restarts == 0) {
        # Ours alone to set.
        unset req.http.x-stale;
        unset req.http.x-expired;
        unset req.http.x-purged;
    }

    if (req.method == "PURGE") {
        if (client.ip !~ purgers) {
            return (synth(403, "Forbidden"));
        }
        if (!req.http.Surrogate-Key) {
            return (synth(400, "Surrogate-Key is missing"));
        }
        if (req.http.Soft-Purge) {
            # What is kept has gone stale: it may be answered while it is asked for again.
            set req.http.x-purged = xkey.softpurge(req.http.Surrogate-Key);
        } else {
            set req.http.x-purged = xkey.purge(req.http.Surrogate-Key);
        }
        return (synth(200, "Purged"));
    }

    if (req.http.Host ~ "^mobile\.") {
        set req.backend_hint = mobile;
    } elsif (req.http.Host ~ "^web\.") {
        set req.backend_hint = web;
    } elsif (req.http.Host ~ "^iot\.") {
        set req.backend_hint = iot;
    } else {
        return (synth(421, "Misdirected Request"));
    }

    # What the BFF tells operators is not for the world.
    if (req.url !~ "^/graphql([/?]|$)") {
        return (synth(404, "Not Found"));
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }

    # The same request, however it is written. The BFF's answer would be of these types as well.
    set req.url = std.querysort(req.url);
    if (!req.http.Accept || req.http.Accept == "*/*") {
        set req.http.Accept = "application/json";
    } elsif (req.http.Accept ~ "^application/graphql-response\+json *(,|$)") {
        set req.http.Accept = "application/graphql-response+json";
    }
    set req.http.Accept-Language = req.http.Accept-Language.lower();
    if (req.http.Accept-Language == "") {
        unset req.http.Accept-Language;
    }

    # Past the time an answer may be stale while it is asked for again, it is asked for first. See vcl_hit.
    if (req.http.x-expired) {
        set req.grace = 0s;
    } else {
        set req.grace = 365d;
    }
    # Not the built-in rules: they pass whoever sends a credential, and nothing is kept here that is for one alone.
    return (hash);
}

sub vcl_hit {
    if (obj.ttl < 0s && !req.http.x-stale && obj.ttl + std.duration(obj.http.x-revalidate, 0s) < 0s) {
        set req.http.x-expired = "1";
        return (restart);
    }
}

sub vcl_backend_response {
    if (bereq.uncacheable) {
        return (deliver);
    }
    if (beresp.http.Surrogate-Key) {
        set beresp.http.xkey = beresp.http.Surrogate-Key;
    }

    # A fault, or an answer with one in it, does not take the place of a good one that may still be shown.
    if (bereq.is_bgfetch && (beresp.status >= 500 || beresp.http.Cache-Control ~ "(?i)no-store")) {
        return (abandon);
    }
    if (beresp.status >= 500 && bereq.http.x-expired) {
        # Nobody sees this one: see vcl_deliver. Not `deliver`, which would drop what it was to take the place of.
        return (error(503));
    }
    if (beresp.ttl <= 0s || beresp.http.Set-Cookie || beresp.http.Vary == "*" ||
        beresp.http.Cache-Control !~ "(?i)(^|[ ,])public([ ,]|$)" ||
        beresp.http.Cache-Control ~ "(?i)(^|[ ,])(private|no-store|no-cache)([ ,=]|$)") {
        # Whoever asks for the same does not wait for this answer, for so long. What is private stays so; a fault may
        # be over with the next request.
        if (beresp.http.Cache-Control ~ "(?i)private") {
            set beresp.ttl = 120s;
        } else {
            set beresp.ttl = 1s;
        }
        set beresp.grace = 0s;
        set beresp.keep = 0s;
        set beresp.uncacheable = true;
        return (deliver);
    }

    # How long past its freshness an answer may be shown while it is asked for again, and when that fails.
    set beresp.http.x-revalidate = "0s";
    set beresp.grace = 0s;
    if (beresp.http.Cache-Control ~ "(?i)stale-while-revalidate=[0-9]+") {
        set beresp.http.x-revalidate =
            regsub(beresp.http.Cache-Control, "(?i)^.*stale-while-revalidate=([0-9]+).*$", "\1s");
        set beresp.grace = std.duration(beresp.http.x-revalidate, 0s);
    }
    if (beresp.http.Cache-Control ~ "(?i)stale-if-error=[0-9]+") {
        set beresp.http.x-if-error =
            regsub(beresp.http.Cache-Control, "(?i)^.*stale-if-error=([0-9]+).*$", "\1s");
        if (std.duration(beresp.http.x-if-error, 0s) > beresp.grace) {
            set beresp.grace = std.duration(beresp.http.x-if-error, 0s);
        }
        unset beresp.http.x-if-error;
    }
    # Long enough to ask by `If-None-Match` for what has expired.
    set beresp.keep = 10m;
    return (deliver);
}

sub vcl_deliver {
    # What has expired was asked for, and there is no answer: then what is there.
    if (resp.status >= 500 && req.http.x-expired && !req.http.x-stale) {
        unset req.http.x-expired;
        set req.http.x-stale = "1";
        return (restart);
    }
    # Between the BFF and its caches.
    unset resp.http.Surrogate-Key;
    unset resp.http.xkey;
    unset resp.http.x-revalidate;
}

sub vcl_synth {
    if (req.method == "PURGE") {
        set resp.http.Content-Type = "text/plain";
        set resp.body = req.http.x-purged;
        return (deliver);
    }
    set resp.http.Content-Type = "application/json; charset=utf-8";
    set resp.http.Cache-Control = "no-store";
    set resp.body = {"{"errors":[{"message":""} + resp.reason + """"}]}""";
    return (deliver);
}

sub vcl_backend_error {
    if (bereq.is_bgfetch) {
        return (abandon);
    }
    set beresp.http.Content-Type = "application/json; charset=utf-8";
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "1";
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
    set beresp.keep = 0s;
    set beresp.uncacheable = true;
    set beresp.body = """{"errors":[{"message":"The service cannot be reached."}]}""";
    return (deliver);
}
