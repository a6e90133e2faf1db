using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Fields;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Writing;

/// <summary>Creates and changes objects by the rules of the API; users and controllers both write through it.</summary>
internal sealed class ObjectWriter(
    ObjectStore store, Identifiers identifiers, Intake intake, Admission admission, TimeProvider clock)
{
    public string Now() => clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public Outcome Create(Kind kind, string ns, JsonObject body, Write write)
    {
        body = body.Clone();
        lock (store.Gate)
        {
            var wanted = body;
            return intake.Admit(kind, ns, ref wanted, write, out var warnings) is { } refusal
                ? refusal
                : Insert(new(kind, ns, wanted.Text("metadata", "name")!), wanted, write, null) with { Warnings = warnings };
        }
    }

    /// <summary>Replaces an object (PUT).</summary>
    public Outcome Replace(ObjectKey key, JsonObject body, Write write) => Change(key, write, _ => (body.Clone(), null));

    /// <summary>
    /// Changes an object by a function of its present version, which may refuse. The function gets a copy that it may change and return.
    /// A resourceVersion or uid in the result has to be the present one.
    /// </summary>
    public Outcome Change(ObjectKey key, Write write, Func<JsonObject, (JsonObject?, Refusal?)> change)
    {
        lock (store.Gate)
        {
            if (store.Find(key) is not { } live)
            {
                return Refusal.NotFound(key.Kind, key.Name);
            }

            var (wanted, refusal) = change(live.Body.Clone());
            return refusal is not null ? refusal
                : wanted is null ? Refusal.BadRequest("the patch leaves nothing of the object")
                : Update(live, wanted, write, null);
        }
    }

    public Outcome Apply(ObjectKey key, JsonObject config, bool force, Write write)
    {
        config = config.Clone();
        config.DropNulls();
        var owner = OwnerOf(key.Kind, write, Owner.Apply);
        if (key.Kind.HasStatus && write.Subresource is null)
        {
            config.Remove("status");
        }

        lock (store.Gate)
        {
            if (config.At("metadata", "managedFields") is not null)
            {
                return Refusal.BadRequest("metadata.managedFields must be nil");
            }

            var probe = ShapeCheck.Of(config.Clone(), key.Kind.Shape);
            if (probe.Unknown.Count > 0 && write.UnknownFields == UnknownFields.Refuse)
            {
                return Refusal.Internal(
                    $"failed to create typed patch object ({key.Namespace}/{key.Name}; {key.Kind.ApiVersion}, Kind={key.Kind.Name}): "
                    + $".{probe.Unknown[0]}: field not declared in schema");
            }

            if (store.Find(key) is not { } live)
            {
                if (config.Text("metadata", "uid") is not null)
                {
                    return Refusal.Conflict(key.Kind, key.Name, "uid mismatch: the provided object specified a uid, and no object exists");
                }

                return CreateByApply(key, config, owner, write);
            }

            var applied = ServerSideApply.Apply(live.Body, config, key.Kind.Shape, owner, force, Now());
            return applied.Conflicts.Count > 0
                ? Refusal.FieldsOwnedByOthers(applied.Conflicts)
                : Update(live, applied.Body, write, applied.Managers);
        }
    }

    private Outcome CreateByApply(ObjectKey key, JsonObject config, Owner owner, Write write)
    {
        if (write.Subresource is not null)
        {
            return Refusal.NotFound(key.Kind, key.Name);
        }

        var managers = new ManagedFields();
        managers.Set(owner, ManagedFields.Owned(TypedTree.FieldsOf(config, key.Kind.Shape)), Now());
        var wanted = config;
        return intake.Admit(key.Kind, key.Namespace, ref wanted, write, out var warnings) is { } refusal
            ? refusal
            : Insert(key, wanted, write, managers) with { Warnings = warnings };
    }

    private Outcome Insert(ObjectKey key, JsonObject body, Write write, ManagedFields? managers)
    {
        var metadata = body.Ensure("metadata");
        metadata["uid"] = identifiers.Uid();
        metadata["creationTimestamp"] = Now();
        if (key.Kind.HasGeneration)
        {
            metadata["generation"] = 1;
        }

        managers ??= ServerSideApply.Update(null, body, key.Kind.Shape, OwnerOf(key.Kind, write, Owner.Update), Now());
        managers.WriteTo(body);
        return new(write.DryRun ? Unsaved(key, body) : store.Put(key, body), null) { Created = true };
    }

    private Outcome Update(StoredObject live, JsonObject wanted, Write write, ManagedFields? managers)
    {
        var (kind, key) = (live.Key.Kind, live.Key);
        if (Stale(live, wanted) is { } stale)
        {
            return stale;
        }

        var body = ObjectVersions.Combine(live, wanted, write.Subresource);
        IReadOnlyList<string> warnings = [];
        if (Intake.CheckShape(kind, body, write, ref warnings) is { } unreadable)
        {
            return unreadable;
        }

        Defaults.Fill(kind, body);
        if (kind == KindCatalog.Service)
        {
            ObjectVersions.KeepAddress(live.Body, body);
            intake.Address(body.Ensure("spec"));
        }

        if (!write.ByController)
        {
            var causes = Validation.Check(kind, body, live.Body);
            causes.AddRange(ObjectVersions.ForbiddenPodChange(live.Body, body));
            if (causes.Count > 0)
            {
                return Refusal.Invalid(kind, key.Name, causes);
            }

            if ((Admission.Growth(kind, key.Name, body, live.Body)
                ?? admission.Quota(kind, key.Namespace, key.Name, body, live.Body)) is { } forbidden)
            {
                return forbidden;
            }
        }

        if (kind.HasGeneration && !JsonNode.DeepEquals(body["spec"], live.Body["spec"]))
        {
            body.Ensure("metadata")["generation"] = (live.Body.Number("metadata", "generation") ?? 0) + 1;
        }

        managers ??= ServerSideApply.Update(live.Body, body, kind.Shape, OwnerOf(kind, write, Owner.Update), Now());
        managers.WriteTo(body);
        if (JsonNode.DeepEquals(body, live.Body))
        {
            return new(live, null) { Warnings = warnings };
        }

        return new(write.DryRun ? Unsaved(key, body) : Save(key, body), null) { Warnings = warnings };
    }

    // The last finalizer that goes takes a deleted object with it.
    private StoredObject Save(ObjectKey key, JsonObject body)
    {
        var stored = store.Put(key, body);
        if (stored.IsTerminating && ObjectVersions.MayVanish(stored))
        {
            store.Remove(stored);
        }

        return stored;
    }

    private static Refusal? Stale(StoredObject live, JsonObject wanted)
    {
        var (kind, name) = (live.Key.Kind, live.Key.Name);
        if ((wanted.Text("metadata", "name") ?? name) != name)
        {
            return Refusal.BadRequest(
                $"the name of the object ({wanted.Text("metadata", "name")}) does not match the name on the URL ({name})");
        }

        if (wanted.Text("metadata", "uid") is { Length: > 0 } uid && uid != live.Uid)
        {
            return Refusal.Conflict(kind, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {live.Uid}");
        }

        return wanted.Text("metadata", "resourceVersion") is { Length: > 0 } version
            && version != live.Revision.ToString(CultureInfo.InvariantCulture)
                ? Refusal.Stale(kind, name)
                : null;
    }

    private StoredObject Unsaved(ObjectKey key, JsonObject body) => new(key, body, store.Revision);

    private static Owner OwnerOf(Kind kind, Write write, string operation) =>
        new(write.Manager, operation, kind.ApiVersion, write.Subresource is "status" or "scale" ? write.Subresource : null);
}
