using Platform.Messaging.Victim;

await VictimHost.Build(args).RunAsync();
