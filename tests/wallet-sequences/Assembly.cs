using Platform.WalletSequences.Running;

[assembly: AssemblyFixture(typeof(World))]
// Each test fills both cores by itself; two at once would only make their deadlines meaningless.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
