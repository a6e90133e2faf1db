using Platform.Scenarios.Running;

// One platform for all scenarios, and one scenario at a time: a scenario kills what the next one needs.
[assembly: AssemblyFixture(typeof(RunningPlatform))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]
